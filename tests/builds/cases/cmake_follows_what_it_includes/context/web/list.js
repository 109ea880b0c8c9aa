console.log('list')
