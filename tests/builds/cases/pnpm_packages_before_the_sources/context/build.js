const fs = require('fs');
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/out.txt', fs.readdirSync('src').map((f) => fs.readFileSync('src/' + f, 'utf8')).join(''));
