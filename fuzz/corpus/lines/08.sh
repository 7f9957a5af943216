redis-cli -a pw KEYS '*'
