#include <stdio.h>
#include <time.h>

#include "riddles.h"

int main(void) {
    size_t count = sizeof riddles / sizeof riddles[0];
    size_t today = (size_t)(time(NULL) / 86400) % count;

    printf("%s\n(%s)\n", riddles[today].question, riddles[today].answer);
    return 0;
}
