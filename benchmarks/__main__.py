"""`make bench`: every benchmark, one after the other."""

from benchmarks import brush, close_up, export, renderer, segment

if __name__ == "__main__":
    renderer.main()
    brush.main()
    close_up.main()
    export.main()
    segment.main()
