"""German: what the customer reads."""

STRINGS = {
    "app.title": "{company} · Fernwartung",
    "app.name": "Fernwartung",
    "app.no_install": (
        "Dieses Programm wird nicht installiert, es läuft nur, solange das Fenster offen ist."
    ),
    "unit.minute": "Minute",
    "unit.minutes": "{count} Minuten",
    "unit.seconds": "{count} Sekunden",
    "price.even": "{first} EUR inkl. MwSt. je angefangene {block}",
    "price.uneven": (
        "{first} EUR inkl. MwSt. für die ersten angefangenen {block}, danach {further} EUR je "
        "angefangene {block}"
    ),
    "price.least": "{price}, mindestens {least} EUR (für {time})",
    "ready.title": "Bitte rufen Sie uns an",
    "ready.call": "und nennen Sie uns diese beiden Nummern:",
    "ready.id": "ID",
    "ready.password": "Kennwort",
    "ready.order": (
        "Mit dem Nennen von ID und Kennwort beauftragen Sie uns mit der Fernwartung zu {price}. "
        "Die Zeit zählt erst, wenn die Verbindung steht."
    ),
    "ready.fresh": "Beide Nummern gelten nur für diesen einen Start.",
    "state.connecting": "Verbindung zum Server wird aufgebaut …",
    "state.ready": "Bereit. Wir warten auf Ihren Anruf.",
    "state.technician": "Ein Techniker meldet sich an …",
    "state.wrong_password": (
        "Es wurde ein falsches Kennwort eingegeben. Noch {tries} Versuche, dann gibt es ein neues."
    ),
    "state.wrong_password_one": (
        "Es wurde ein falsches Kennwort eingegeben. Noch ein Versuch, dann gibt es ein neues."
    ),
    "state.rotated": (
        "Dreimal war das Kennwort falsch. Deshalb steht hier jetzt ein neues: Bitte lesen Sie es "
        "noch einmal vor."
    ),
    "state.refused": (
        "Sie haben die Verbindung abgelehnt. Es wurde nichts gezeigt und nichts berechnet."
    ),
    "state.gone": (
        "Der Techniker hat die Verbindung verlassen, die Zeit steht. Soll es weitergehen, lesen "
        "Sie ihm bitte das neue Kennwort vor."
    ),
    "state.gone_early": (
        "Der Techniker ist wieder gegangen. Wenn er es noch einmal versucht, lesen Sie ihm bitte "
        "vor, was hier steht."
    ),
    "state.unreachable": (
        "Der Server ist gerade nicht zu erreichen. Bitte prüfen Sie, ob das Internet geht. "
        "Nächster Versuch in {seconds} s."
    ),
    "state.untrusted": (
        "Der Server kann sich diesem Computer gegenüber nicht ausweisen, deshalb verbinden wir uns "
        "nicht. Stimmen Datum und Uhrzeit? Wenn ja, sagen Sie uns bitte am Telefon Bescheid."
    ),
    "state.line_lost": (
        "Die Leitung ist unterbrochen, die Zeit steht. Wir verbinden neu, bitte lassen Sie das "
        "Programm offen."
    ),
    "state.interrupted": (
        "Die Verbindung ist unterbrochen und wird von selbst wieder aufgenommen. Die Zeit steht."
    ),
    "state.line_back": "Die Leitung steht wieder, {technician} sieht Ihren Bildschirm.",
    "locked.title": "Zur Sicherheit gesperrt",
    "locked.text": (
        "Sechsmal wurde ein falsches Kennwort eingegeben. Niemand kommt mehr herein, bis Sie es "
        "erlauben. Haben Sie gerade mit uns telefoniert? Dann klicken Sie bitte auf „Neues "
        "Kennwort“."
    ),
    "locked.button": "Neues Kennwort",
    "consent.title": "Dürfen wir Ihren Bildschirm sehen?",
    "consent.who": (
        "{technician} ({company}) möchte Ihren Bildschirm sehen und Maus und Tastatur bedienen."
    ),
    "consent.code": "Prüfzahl",
    "consent.code_hint": "Am Telefon vergleichen: Der Techniker sieht dieselbe Zahl.",
    "consent.price": (
        "Es kostet {price}. Die Zeit zählt ab dem ersten Bild. Weitere Kosten gibt es nicht."
    ),
    "consent.watch": (
        "Sie sehen jeden Schritt mit und können jederzeit trennen. Festgehalten werden Beginn, "
        "Ende, wer verbunden war und eine Notiz, was gemacht wurde. Ihr Bildschirm wird nicht "
        "aufgezeichnet."
    ),
    "consent.consumer": (
        "Als Verbraucher haben Sie bei einem Auftrag am Telefon 14 Tage Widerrufsrecht (§ 312g "
        "BGB). Mit „Zulassen“ verlangen Sie ausdrücklich, dass wir sofort beginnen, und wissen: "
        "Ist die Arbeit ganz erledigt, erlischt dieses Recht; widerrufen Sie vorher, zahlen Sie "
        "nur die Zeit bis dahin (§ 356 Abs. 4, § 357a BGB)."
    ),
    "consent.allow": "Zulassen",
    "consent.refuse": "Ablehnen",
    "consent.keys": "Alt+Z lässt zu, Esc lehnt ab",
    "consent.allow_key": "z",
    "consent.refuse_key": "a",
    "consent.question": "Zulassen? (j/n)",
    "locked.question": "Neues Kennwort? (j/n)",
    "banner.with": "{technician} sieht Ihren Bildschirm",
    "banner.company": "{company} · seit {since} Uhr · Prüfzahl {code}",
    "banner.cost": "{amount} EUR",
    "banner.blocks_one": "1 Takt",
    "banner.blocks": "{count} Takte",
    "banner.next": "nächster Takt in {time}",
    "banner.waiting": "Die Zeit beginnt mit dem ersten Bild",
    "banner.stopped": "Die Zeit steht",
    "banner.paused": "Pause: Die Zeit steht, Ihr Bildschirm ist nicht zu sehen",
    "banner.interrupted": "Verbindung unterbrochen, wird wieder aufgenommen …",
    "banner.own_line": "Ihre Leitung ist unterbrochen, die Zeit steht",
    "banner.other_line": "Die Leitung zum Techniker ist unterbrochen, die Zeit steht",
    "banner.back": "Die Leitung steht wieder",
    "banner.end": "Verbindung trennen",
    "banner.keys": "Strg+Alt+Umschalt+{letter}",
    "banner.hotkey": "oder {keys}",
    "ended.title": "Die Sitzung ist beendet",
    "ended.cost": "{time} Min. · {amount} EUR inkl. MwSt.",
    "ended.cost_hint": "Sie bekommen darüber eine Rechnung.",
    "ended.free": "Es wurde nichts berechnet.",
    "ended.close": "Schließen",
    "ended.again": "Neue Sitzung",
    "ended.reason.customer": "Sie haben die Verbindung getrennt.",
    "ended.reason.technician": "Der Techniker hat die Sitzung beendet.",
    "ended.reason.refused": "Sie haben die Verbindung abgelehnt.",
    "ended.reason.office": "Unser Büro hat die Sitzung beendet.",
    "ended.reason.line-lost": "Die Leitung war zu lange unterbrochen.",
    "ended.reason.abandoned": (
        "Eine Stunde lang hat sich niemand verbunden. Starten Sie bitte eine neue Sitzung, wenn "
        "Sie uns anrufen."
    ),
    "ended.reason.protocol": "Die Verbindung war gestört und wurde deshalb beendet.",
    "ended.reason.other": "Die Sitzung wurde beendet ({code}).",
    "failed.title": "Es geht hier nicht weiter",
    "failed.protocol-unsupported": (
        "Dieses Programm ist zu alt. Bitte laden Sie es auf unserer Seite neu herunter."
    ),
    "failed.no-screen": (
        "Das Programm findet keinen Bildschirm. Bitte starten Sie es auf dem Bildschirm des "
        "Rechners, um den es geht."
    ),
    "failed.wayland": (
        "Ihre Anmeldung läuft unter Wayland, dort darf ein Programm den Bildschirm nicht zeigen. "
        "Bitte melden Sie sich ab, wählen Sie beim Anmelden „Xorg“ und starten Sie das Programm "
        "noch einmal."
    ),
    "failed.screen-lost": (
        "Der Bildschirm lässt sich nicht mehr lesen. Die Verbindung wurde deshalb getrennt. Bitte"
        " starten Sie das Programm neu."
    ),
    "failed.bad-record": (
        "Die Verschlüsselung der Verbindung stimmte nicht mehr. Sie wurde deshalb getrennt. Bitte"
        " starten Sie das Programm neu und rufen Sie uns an."
    ),
    "failed.internal": (
        "In diesem Programm ist ein Fehler aufgetreten, die Verbindung ist getrennt. Bitte "
        "starten Sie es neu."
    ),
    "failed.other": (
        "Die Verbindung wurde wegen eines Fehlers getrennt ({code}). Bitte starten Sie das "
        "Programm neu oder rufen Sie uns an."
    ),
    "address.bad": (
        "Die Adresse {server} geht nicht. Sie muss mit https:// beginnen (http:// nur für diesen "
        "Rechner selbst)."
    ),
    "console.ready": "ID: {support_id}   Kennwort: {password}   Telefon: {phone}",
    "console.connected": "Verbunden mit {technician} ({company}), Prüfzahl {code}. Strg+C trennt.",
    "console.clock": "{time}  {blocks} Takt(e)  {amount} EUR",
    "console.resumed": "Es geht weiter.",
}
