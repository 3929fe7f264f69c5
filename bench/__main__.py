"""`python -m bench` prints every figure of `docs/performance.md`."""

from bench import decode, exposition, history, main_job

if __name__ == "__main__":
    for figures in (decode, exposition, history, main_job):
        figures.main()
