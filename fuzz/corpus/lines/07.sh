pg_dump a | gzip > "b-$(date +%F).gz" && ls
