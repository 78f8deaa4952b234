"""Pictures and clips: rebuilt from their pixels, faces masked, before anything of them is kept."""
