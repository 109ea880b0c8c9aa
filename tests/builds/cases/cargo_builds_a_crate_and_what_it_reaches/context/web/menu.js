console.log('menu')
