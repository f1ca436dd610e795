"""Print: Chinese text set in real 仿宋, 楷, 宋 and 黑 on A4, as PDFs that say where they went wrong."""
