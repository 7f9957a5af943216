ssh kiln 'sudo systemctl restart till'
