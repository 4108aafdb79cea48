"""The geometry of charts: numbers in, places on a drawing out; templates/ui/charts.html draws them.

Every drawing is in units of its own viewBox. Nothing here knows a colour, a language or a clock.
"""

from cxquest.web.charts.control_drawing import ControlDrawing, ControlPoint
from cxquest.web.charts.controls import ControlChart, Entry, control_chart
from cxquest.web.charts.frames import LETTER, WIDE, Change, Form, Frame, Tick, nice_ticks, plain
from cxquest.web.charts.runs import Drawing, Reading, RunChart, run_chart
from cxquest.web.charts.small import Bar, Share, Sparkline, share_bars, sparkline

__all__ = [
    "LETTER",
    "WIDE",
    "Bar",
    "Change",
    "ControlChart",
    "ControlDrawing",
    "ControlPoint",
    "Drawing",
    "Entry",
    "Form",
    "Frame",
    "Reading",
    "RunChart",
    "Share",
    "Sparkline",
    "Tick",
    "control_chart",
    "nice_ticks",
    "plain",
    "run_chart",
    "share_bars",
    "sparkline",
]
