import os
import signal
import sys

sys.stdin.read()
sys.stdout.write('{"phase": "COCO()"}\n')
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGSEGV)
