ls > /listing
