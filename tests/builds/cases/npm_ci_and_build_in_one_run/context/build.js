require('fs').writeFileSync('out.txt', require('fs').readFileSync('src/a.js'))
