#define NAME "app"
