"""`make pilot`: CDISC's pilot study, lived again through the services with its real dates.

`published` reads the SAS transport files with a library that Velum does not use; `lives` makes acts of what
they hold; `sealing` brings the published order of the arms as a list, behind the pharmacy door; `replaying`
does the acts behind the clinic door, in the order of time; `comparing` puts both figures side by side.
"""
