find . -name '*.log' -exec rm {} \;
