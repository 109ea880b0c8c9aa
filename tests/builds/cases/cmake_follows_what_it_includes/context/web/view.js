console.log('view')
