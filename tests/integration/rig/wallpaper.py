"""Shows a picture behind all windows: `wallpaper.py PICTURE.png`. Needs nothing but Tk."""

import sys
import tkinter as tk

root = tk.Tk()
root.overrideredirect(True)
picture = tk.PhotoImage(file=sys.argv[1])
tk.Label(root, image=picture, borderwidth=0, highlightthickness=0).pack()
root.geometry("+0+0")
root.lower()
root.update()
sys.stdout.write("shown\n")
sys.stdout.flush()
root.mainloop()
