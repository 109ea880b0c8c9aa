console.log(require('lib'))
