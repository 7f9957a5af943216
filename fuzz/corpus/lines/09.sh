if [[ -f a && $b =~ ^c ]]; then d; fi
