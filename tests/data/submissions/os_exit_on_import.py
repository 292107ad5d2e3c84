# Ends the process while it is imported.
# verdict: invalid_submission
# says: while the file was being imported: the process exited with code 0
# score: 0
import os

os._exit(0)
