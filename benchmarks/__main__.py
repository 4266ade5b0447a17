"""`make bench`: every benchmark, one after the other."""

from benchmarks import (
    accept,
    brush,
    close_up,
    export,
    masks_in,
    masks_out,
    near,
    page,
    renderer,
    repairs,
    segment,
    start,
    statements,
    triage,
    wire,
)

if __name__ == "__main__":
    renderer.main()
    brush.main()
    close_up.main()
    near.main()
    repairs.main()
    statements.main()
    page.main()
    triage.main()
    export.main()
    masks_out.main()
    masks_in.main()
    segment.main()
    wire.main()
    accept.main()
    start.main()
