echo {a,b{c,d}}{1..3}
