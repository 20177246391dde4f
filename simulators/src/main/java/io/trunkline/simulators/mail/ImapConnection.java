package io.trunkline.simulators.mail;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One session of IMAP4rev1 (RFC 3501), as far as reading a mailbox needs it: nothing can be changed. Whoever logs in
 * with an address as the name reads that address's mails. A mail's number (UID) is its place in the store, so that it
 * survives a restart.
 */
final class ImapConnection {
    static final String PASSWORD = "simulated";

    private static final int LONGEST_LINE = 8_192;
    private static final int IDLE_MILLIS = 120_000;
    private static final String UID_VALIDITY = "1";
    private static final Pattern COMMAND = Pattern.compile("(\\S{1,40}) (\\S{1,40})(?: (.*))?");
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern COLON = Pattern.compile(":");
    private static final Pattern ARGUMENT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"]+)");
    private static final String NUMBER = "(?:[0-9]{1,12}|\\*)";
    private static final Pattern FETCH = Pattern.compile("(" + NUMBER + "(?:[:,]" + NUMBER + "){0,99}) \\(?(.*?)\\)?");
    private static final Pattern BODY = Pattern.compile(
            "BODY(?:\\.PEEK)?\\[(HEADER|TEXT)?](?:<(\\d{1,9})\\.(\\d{1,9})>)?", Pattern.CASE_INSENSITIVE);

    private final Mailbox mailbox;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private String user = "";
    private List<StoredMail> selected = List.of();
    private boolean open = true;

    ImapConnection(Mailbox mailbox, Socket socket) throws IOException {
        this.mailbox = mailbox;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    void serve() throws IOException {
        socket.setSoTimeout(IDLE_MILLIS);
        line("* OK [CAPABILITY IMAP4rev1] simulated mailbox");
        out.flush();
        while (open) {
            String command = readLine();
            Matcher matcher = COMMAND.matcher(command);
            if (matcher.matches()) {
                answer(matcher.group(1), matcher.group(2).toUpperCase(Locale.ROOT), argumentOf(matcher));
            } else {
                line("* BAD expected TAG COMMAND");
            }
            out.flush();
        }
    }

    private static String argumentOf(Matcher matcher) {
        String argument = matcher.group(3);
        return argument == null ? "" : argument;
    }

    private void answer(String tag, String command, String argument) throws IOException {
        switch (command) {
            case "CAPABILITY" -> {
                line("* CAPABILITY IMAP4rev1");
                line(tag + " OK done");
            }
            case "NOOP", "CHECK" -> line(tag + " OK done");
            case "LOGOUT" -> {
                line("* BYE");
                line(tag + " OK done");
                open = false;
            }
            case "LOGIN" -> login(tag, arguments(argument));
            default -> {
                if (user.isEmpty()) {
                    line(tag + " BAD log in first");
                } else {
                    answerKnown(tag, command, argument);
                }
            }
        }
    }

    private void answerKnown(String tag, String command, String argument) throws IOException {
        switch (command) {
            case "LIST" -> {
                line("* LIST () \"/\" INBOX");
                line(tag + " OK done");
            }
            case "SELECT", "EXAMINE" -> select(tag, arguments(argument));
            case "CLOSE", "UNSELECT" -> {
                selected = List.of();
                line(tag + " OK done");
            }
            case "FETCH" -> fetch(tag, argument, false);
            case "UID" -> {
                if (argument.toUpperCase(Locale.ROOT).startsWith("FETCH ")) {
                    fetch(tag, argument.substring("FETCH ".length()), true);
                } else {
                    line(tag + " BAD of UID there is FETCH alone");
                }
            }
            default -> line(tag + " BAD nothing can be done here but reading");
        }
    }

    private void login(String tag, List<String> arguments) throws IOException {
        if (arguments.size() == 2
                && arguments.get(0).contains("@")
                && arguments.get(1).equals(PASSWORD)) {
            user = arguments.get(0);
            line(tag + " OK welcome");
        } else {
            line(tag + " NO [AUTHENTICATIONFAILED] an address, and the password \"" + PASSWORD + "\"");
        }
    }

    private void select(String tag, List<String> arguments) throws IOException {
        if (arguments.size() != 1 || !arguments.getFirst().equalsIgnoreCase("INBOX")) {
            line(tag + " NO [NONEXISTENT] there is INBOX alone");
            return;
        }
        selected = mailbox.all(user);
        long next = selected.isEmpty() ? 1 : uid(selected.getLast()) + 1;
        line("* FLAGS (\\Seen)");
        line("* " + selected.size() + " EXISTS");
        line("* 0 RECENT");
        line("* OK [PERMANENTFLAGS ()] none");
        line("* OK [UIDVALIDITY " + UID_VALIDITY + "] they stay");
        line("* OK [UIDNEXT " + next + "] expected");
        line(tag + " OK [READ-ONLY] done");
    }

    private static long uid(StoredMail mail) {
        return Mailbox.number(mail.id());
    }

    private void fetch(String tag, String argument, boolean byUid) throws IOException {
        Matcher matcher = FETCH.matcher(argument);
        if (!matcher.matches()) {
            line(tag + " BAD expected a set and items");
            return;
        }
        for (int i = 0; i < selected.size(); i++) {
            StoredMail mail = selected.get(i);
            long last = byUid ? uid(selected.getLast()) : selected.size();
            if (holds(matcher.group(1), byUid ? uid(mail) : i + 1L, last)) {
                show(i + 1, mail, matcher.group(2));
            }
        }
        line(tag + " OK done");
    }

    private static boolean holds(String set, long number, long last) {
        return COMMA.splitAsStream(set).anyMatch(range -> {
            long[] ends = COLON.splitAsStream(range)
                    .mapToLong(end -> end.equals("*") ? last : Long.parseLong(end))
                    .sorted()
                    .toArray();
            return ends.length > 0 && number >= ends[0] && number <= ends[ends.length - 1];
        });
    }

    private void show(int number, StoredMail mail, String items) throws IOException {
        var shown = new ByteArrayOutputStream();
        write(shown, "UID " + uid(mail));
        String wanted = items.toUpperCase(Locale.ROOT);
        if (wanted.contains("FLAGS")) {
            write(shown, " FLAGS ()");
        }
        Matcher body = BODY.matcher(items);
        boolean whole = body.find();
        if (whole || wanted.contains("RFC822.SIZE")) {
            byte[] source = mailbox.source(mail);
            if (wanted.contains("RFC822.SIZE")) {
                write(shown, " RFC822.SIZE " + source.length);
            }
            if (whole) {
                section(shown, body, source);
            }
        }
        line("* " + number + " FETCH (" + shown.toString(StandardCharsets.ISO_8859_1) + ")");
    }

    private static void section(OutputStream shown, Matcher body, byte[] source) throws IOException {
        String name = body.group(1) == null ? "" : body.group(1).toUpperCase(Locale.ROOT);
        int header = new String(source, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
        int end = header < 0 ? source.length : header + 4;
        byte[] section = switch (name) {
            case "HEADER" -> Arrays.copyOf(source, end);
            case "TEXT" -> Arrays.copyOfRange(source, end, source.length);
            default -> source;
        };
        String origin = "";
        if (body.group(2) != null) {
            int from = Math.min(Integer.parseInt(body.group(2)), section.length);
            int most = Math.min(Integer.parseInt(body.group(3)), section.length - from);
            section = Arrays.copyOfRange(section, from, from + most);
            origin = "<" + body.group(2) + ">";
        }
        write(shown, " BODY[" + name + "]" + origin + " {" + section.length + "}\r\n");
        shown.write(section);
    }

    private static void write(OutputStream to, String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> arguments(String text) {
        List<String> arguments = new ArrayList<>();
        Matcher matcher = ARGUMENT.matcher(text);
        while (matcher.find()) {
            String quoted = matcher.group(1);
            arguments.add(quoted == null ? matcher.group(2) : quoted.replaceAll("\\\\(.)", "$1"));
        }
        return arguments;
    }

    private void line(String text) throws IOException {
        write(out, text + "\r\n");
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            int octet = in.read();
            if (octet < 0) {
                open = false;
                return "";
            }
            if (octet == '\n') {
                return line.toString().strip();
            }
            line.append((char) octet);
        }
        throw new IOException("a command of more than " + LONGEST_LINE + " octets");
    }
}
