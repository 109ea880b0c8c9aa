echo $GIT_COMMIT > /commit
