"""`make bench`: every benchmark, one after the other."""

from benchmarks import renderer, segment

if __name__ == "__main__":
    renderer.main()
    segment.main()
