# Time against sequential, by memory: above 1 the pool costs more than it brings. gnuplot -e "data='cpu.dat'" picture.gp
set terminal svg size 720,420 font 'sans-serif,12' background 'white'
set key below horizontal
set xlabel 'memory, MB (share of a CPU)'
set ylabel 'time, as a multiple of sequential'
set yrange [0.9:*]
set grid ytics
set style data linespoints
rows = "< grep '^memory' " . data
plot 1 with lines linecolor rgb '#888888' title 'sequential', \
    rows using 0:($6/$3):xticlabels(2) linewidth 2 pointtype 7 title 'pool kept through invocations', \
    rows using 0:($9/$3):xticlabels(2) linewidth 2 pointtype 5 title 'pool made for each invocation'
