cat data/two.txt > "$1"
