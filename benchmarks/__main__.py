"""`make bench`: every benchmark, one after the other."""

from benchmarks import brush, close_up, renderer, segment

if __name__ == "__main__":
    renderer.main()
    brush.main()
    close_up.main()
    segment.main()
