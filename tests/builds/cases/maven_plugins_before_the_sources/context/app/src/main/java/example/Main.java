package example;

import org.apache.commons.io.IOUtils;

public class Main {
  public static void main(String[] args) {
    System.out.println(IOUtils.DIR_SEPARATOR);
  }
}
