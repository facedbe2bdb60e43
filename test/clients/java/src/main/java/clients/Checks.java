package clients;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Runs checks one after another and prints a line of JSON for each. */
final class Checks {
  interface Check {
    void run() throws Exception;
  }

  private final Map<String, Check> all = new LinkedHashMap<>();

  void add(String name, Check check) {
    all.put(name, check);
  }

  void run() {
    all.forEach(
        (name, check) -> {
          String error = "null";
          try {
            check.run();
          } catch (Exception | AssertionError failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            error = quoted(trace.toString());
          }
          System.out.println("{\"name\":" + quoted(name) + ",\"error\":" + error + "}");
        });
  }

  static void same(Object wanted, Object got) {
    if (!Objects.equals(wanted, got)) throw new AssertionError("wanted " + wanted + ", got " + got);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }
}
