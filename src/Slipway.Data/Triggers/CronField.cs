using System.Globalization;

namespace Slipway.Data.Triggers;

/// <summary>The values that one field of a <see cref="CronSchedule"/> allows, as bits.</summary>
/// <param name="IsStar">It begins with <c>*</c>, so it counts as unrestricted where days are chosen.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    public bool Has(int value) => (Bits >> value & 1) != 0;

    /// <exception cref="FormatException">What is wrong, as the end of a sentence.</exception>
    public static CronField Parse(string text, string what, int low, int high, string[] names)
    {
        ulong bits = 0;
        foreach (string part in text.Split(','))
        {
            int slash = part.IndexOf('/', StringComparison.Ordinal);
            string range = slash < 0 ? part : part[..slash];
            int step = slash < 0 ? 1 : Number(part[(slash + 1)..]);
            if (step < 1)
            {
                throw new FormatException($"the {what} has a step of {step}");
            }

            (int first, int last) = Range(range, slash >= 0);
            for (int value = first; value <= last; value += step)
            {
                bits |= 1UL << value;
            }
        }

        return new CronField(bits, text[0] == '*');

        (int First, int Last) Range(string range, bool stepped)
        {
            if (range == "*")
            {
                return (low, high);
            }

            int dash = range.IndexOf('-', StringComparison.Ordinal);
            int first = Value(dash < 0 ? range : range[..dash]);
            int last = dash >= 0 ? Value(range[(dash + 1)..]) : stepped ? high : first;
            return first <= last ? (first, last) : throw new FormatException($"the {what} goes from {first} to {last}");
        }

        int Value(string word)
        {
            int named = Array.IndexOf(names, word.ToLowerInvariant());
            int value = named >= 0 ? named + low : Number(word);
            return value >= low && value <= high ? value : throw new FormatException($"the {what} is from {low} to {high}, not {value}");
        }

        int Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException($"'{word}' is no {what}");
    }
}
