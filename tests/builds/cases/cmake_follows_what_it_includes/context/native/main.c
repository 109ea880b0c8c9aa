#include <stdio.h>
#include "../include/app.h"

int main(void) { return puts(APP) < 0; }
