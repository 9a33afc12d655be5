"""The PMO's pages. Each view authorises, binds a form, makes one domain call and responds."""
