"""`make bench`: every benchmark, one after the other."""

from benchmarks import brush, renderer, segment

if __name__ == "__main__":
    renderer.main()
    brush.main()
    segment.main()
