for h in a b; do
  ssh $h uptime
done
