set -e
mkdir -p /etc/service
sort config/names.txt > /etc/service/names
