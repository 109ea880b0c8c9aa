require('fs').writeFileSync('/prepared', require('fs').readdirSync('src').join())
