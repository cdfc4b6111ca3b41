using System.Collections.Frozen;

namespace Slipway.Build.Inventory.Spdx;

/// <summary>Licences as packages name them, where that is what SPDX calls them (SPDX 2.3, annex D).</summary>
internal static class LicenseExpression
{
    private static readonly FrozenSet<string> Licenses = FrozenSet.ToFrozenSet(
        [
            "0BSD", "AFL-2.1", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-1.1", "Apache-2.0", "Artistic-1.0-Perl", "Artistic-2.0", "BlueOak-1.0.0", "BSD-1-Clause",
            "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSD-4-Clause", "BSL-1.0", "bzip2-1.0.6", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0",
            "CC-BY-SA-4.0", "CC0-1.0", "CDDL-1.0", "CDDL-1.1", "CECILL-2.1", "curl", "EPL-1.0", "EPL-2.0", "EUPL-1.2", "FSFAP", "FSFUL", "FSFULLR", "FTL", "GFDL-1.3-or-later",
            "GPL-1.0-only", "GPL-1.0-or-later", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "HPND", "ICU", "IJG", "ISC", "LGPL-2.0-only",
            "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "Libpng", "libpng-2.0", "libtiff", "MIT", "MIT-0", "MIT-CMU",
            "MPL-1.1", "MPL-2.0", "NCSA", "OFL-1.1", "OLDAP-2.8", "OpenSSL", "PHP-3.01", "PostgreSQL", "PSF-2.0", "Python-2.0", "Python-2.0.1", "Ruby", "Sleepycat",
            "TCL", "TCP-wrappers", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "Vim", "W3C", "WTFPL", "X11", "Zlib", "ZPL-2.1", "zlib-acknowledgement",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Exceptions = FrozenSet.ToFrozenSet(
        [
            "Autoconf-exception-2.0", "Autoconf-exception-3.0", "Bison-exception-2.2", "Classpath-exception-2.0", "GCC-exception-3.1", "LLVM-exception", "Libtool-exception",
            "Linux-syscall-note", "OpenJDK-assembly-exception-1.0", "Font-exception-2.0", "OCaml-LGPL-linking-exception",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether a text is an expression of which every word is SPDX's. What it cannot know for sure it denies: a wrong term makes a document invalid.</summary>
    public static bool IsValid(string text)
    {
        string[] words = text.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = 0;
        return Expression(words, ref at, depth: 0) && at == words.Length;
    }

    // expression = term { (AND | OR) term }; term = "(" expression ")" | licence [ WITH exception ]
    private static bool Expression(string[] words, ref int at, int depth)
    {
        const int DeepestNesting = 32;
        if (depth > DeepestNesting || !Term(words, ref at, depth))
        {
            return false;
        }

        while (at < words.Length && words[at] is "AND" or "OR")
        {
            at++;
            if (!Term(words, ref at, depth))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Term(string[] words, ref int at, int depth)
    {
        if (at >= words.Length)
        {
            return false;
        }

        if (words[at] == "(")
        {
            at++;
            return Expression(words, ref at, depth + 1) && at < words.Length && words[at++] == ")";
        }

        if (!Licenses.Contains(words[at++]))
        {
            return false;
        }

        if (at < words.Length && words[at] == "WITH")
        {
            at += 2;
            return at <= words.Length && Exceptions.Contains(words[at - 1]);
        }

        return true;
    }
}
