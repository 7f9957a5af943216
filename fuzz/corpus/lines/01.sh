docker compose exec -T db psql -c "DELETE FROM a WHERE b = '<id>'"
