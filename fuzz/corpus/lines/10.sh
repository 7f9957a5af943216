(cd a && b) 2>&1 | tee c &
