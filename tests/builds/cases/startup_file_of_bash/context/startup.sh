KIND=$(ls /app/src | tr -d '\n')
