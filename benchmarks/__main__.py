"""`make bench`: every benchmark, one after the other."""

from benchmarks import (
    brush,
    close_up,
    export,
    near,
    renderer,
    repairs,
    segment,
    statements,
    triage,
)

if __name__ == "__main__":
    renderer.main()
    brush.main()
    close_up.main()
    near.main()
    repairs.main()
    statements.main()
    triage.main()
    export.main()
    segment.main()
