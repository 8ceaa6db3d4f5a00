"""English: what the customer reads."""

STRINGS = {
    "app.title": "{company} · Remote support",
    "app.name": "Remote support",
    "app.no_install": "This program is not installed. It only runs while this window is open.",
    "unit.minute": "minute",
    "unit.minutes": "{count} minutes",
    "unit.seconds": "{count} seconds",
    "price.even": "EUR {first} incl. VAT for each started {block}",
    "price.uneven": (
        "EUR {first} incl. VAT for the first started {block}, then EUR {further} for each started"
        " {block}"
    ),
    "price.least": "{price}, at least EUR {least} (for {time})",
    "ready.title": "Please call us",
    "ready.call": "and read these two numbers to us:",
    "ready.id": "ID",
    "ready.password": "Password",
    "ready.order": (
        "By naming ID and password you order remote support at {price}. Time counts only once the"
        " connection stands."
    ),
    "ready.fresh": "Both numbers are valid for this one start only.",
    "state.connecting": "Connecting to the server …",
    "state.ready": "Ready. We are waiting for your call.",
    "state.technician": "A technician is signing in …",
    "state.wrong_password": (
        "A wrong password was typed. {tries} more tries, then there will be a new one."
    ),
    "state.wrong_password_one": (
        "A wrong password was typed. One more try, then there will be a new one."
    ),
    "state.rotated": (
        "The password was wrong three times. Here is a new one: please read it out again."
    ),
    "state.refused": "You refused the connection. Nothing was shown and nothing is charged.",
    "state.gone": (
        "The technician has left and the clock stands still. To go on, please read the new "
        "password to him."
    ),
    "state.gone_early": (
        "The technician has left again. If he tries once more, please read to him what is shown "
        "here."
    ),
    "state.unreachable": (
        "The server cannot be reached right now. Please check your internet connection. Next try "
        "in {seconds} s."
    ),
    "state.untrusted": (
        "The server cannot prove to this computer who it is, so we do not connect. Are date and "
        "time right? If so, please tell us on the phone."
    ),
    "state.line_lost": (
        "The line is broken and the clock stands still. We are reconnecting, please leave the "
        "program open."
    ),
    "state.interrupted": (
        "The connection is interrupted and will be resumed by itself. The clock stands still."
    ),
    "state.line_back": "The line is back, {technician} sees your screen.",
    "locked.title": "Locked for your safety",
    "locked.text": (
        "A wrong password was typed six times. Nobody gets in until you allow it. Are you on the "
        "phone with us right now? Then please click 'New password'."
    ),
    "locked.button": "New password",
    "consent.title": "May we see your screen?",
    "consent.who": (
        "{technician} ({company}) would like to see your screen and use your mouse and keyboard."
    ),
    "consent.code": "Check number",
    "consent.code_hint": "Compare on the phone: the technician sees the same number.",
    "consent.price": (
        "It costs {price}. Time counts from the first picture. There are no other costs."
    ),
    "consent.watch": (
        "You see every step and can disconnect at any time. Start, end, who was connected and a "
        "note on what was done are kept. Your screen is not recorded."
    ),
    "consent.consumer": (
        "As a consumer ordering by phone you may withdraw within 14 days (sec. 312g BGB). With "
        "'Allow' you expressly ask us to start at once and know: once the work is fully done this"
        " right ends; if you withdraw before, you pay only for the time until then (sec. 356 (4),"
        " 357a BGB)."
    ),
    "consent.allow": "Allow",
    "consent.refuse": "Refuse",
    "consent.keys": "Alt+A allows, Esc refuses",
    "consent.allow_key": "a",
    "consent.refuse_key": "r",
    "consent.question": "Allow? (y/n)",
    "locked.question": "New password? (y/n)",
    "banner.with": "{technician} sees your screen",
    "banner.company": "{company} · since {since} · check number {code}",
    "banner.cost": "EUR {amount}",
    "banner.blocks_one": "1 block",
    "banner.blocks": "{count} blocks",
    "banner.next": "next block in {time}",
    "banner.waiting": "Time starts with the first picture",
    "banner.stopped": "The clock stands still",
    "banner.paused": "Paused: the clock stands still, your screen is not visible",
    "banner.interrupted": "Connection interrupted, it will be resumed …",
    "banner.own_line": "Your line is interrupted, the clock stands still",
    "banner.other_line": "The line to the technician is interrupted, the clock stands still",
    "banner.back": "The line is back",
    "banner.end": "Disconnect",
    "banner.keys": "Ctrl+Alt+Shift+{letter}",
    "banner.hotkey": "or {keys}",
    "ended.title": "The session is over",
    "ended.cost": "{time} min · EUR {amount} incl. VAT",
    "ended.cost_hint": "You will receive an invoice for this.",
    "ended.free": "Nothing is charged.",
    "ended.close": "Close",
    "ended.again": "New session",
    "ended.reason.customer": "You disconnected.",
    "ended.reason.technician": "The technician ended the session.",
    "ended.reason.refused": "You refused the connection.",
    "ended.reason.office": "Our office ended the session.",
    "ended.reason.line-lost": "The line was broken for too long.",
    "ended.reason.abandoned": (
        "Nobody connected for an hour. Please start a new session when you call us."
    ),
    "ended.reason.protocol": "The connection was disturbed and therefore ended.",
    "ended.reason.other": "The session was ended ({code}).",
    "failed.title": "This cannot go on",
    "failed.protocol-unsupported": (
        "This program is too old. Please download it again from our page."
    ),
    "failed.no-screen": (
        "The program finds no screen. Please start it on the screen of the computer in question."
    ),
    "failed.wayland": (
        "You are logged in under Wayland, where a program may not show the screen. Please log "
        "out, choose 'Xorg' when you log in, and start the program again."
    ),
    "failed.screen-lost": (
        "The screen can no longer be read, so the connection was ended. Please start the program "
        "again."
    ),
    "failed.bad-record": (
        "The encryption of the connection was no longer right, so it was ended. Please start the "
        "program again and call us."
    ),
    "failed.internal": (
        "An error occurred in this program and the connection is closed. Please start it again."
    ),
    "failed.other": (
        "The connection was ended because of an error ({code}). Please start the program again or"
        " call us."
    ),
    "address.bad": (
        "The address {server} does not work. It must begin with https:// (http:// only for this "
        "computer itself)."
    ),
    "console.ready": "ID: {support_id}   Password: {password}   Phone: {phone}",
    "console.connected": (
        "Connected with {technician} ({company}), check number {code}. Ctrl+C disconnects."
    ),
    "console.clock": "{time}  {blocks} block(s)  EUR {amount}",
    "console.resumed": "It goes on.",
}
