cat <<EOF > /etc/x
a $b
EOF
