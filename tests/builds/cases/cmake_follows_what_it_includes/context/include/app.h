#include "deep/name.h"
#define APP NAME
