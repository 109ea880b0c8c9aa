require('fs').writeFileSync('/hooked', 'yes')
