cat ../../common/* > all.txt
