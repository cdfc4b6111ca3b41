namespace Slipway.Content.Tests.Fuzz;

/// <summary>Makes bytes a little or very wrong, the same for one seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[] Edges = [0, 1, 0x7F, 0x80, 0xFF];

    private readonly Random _random = new(seed);

    public byte[] Change(byte[] bytes)
    {
        List<byte> changed = [.. bytes];
        for (int left = _random.Next(1, 4); left > 0; left--)
        {
            int at = _random.Next(changed.Count + 1);
            switch (_random.Next(7))
            {
                case 0:
                    changed.RemoveRange(at, _random.Next(Math.Min(changed.Count - at, 40) + 1));
                    break;
                case 1:
                    changed.InsertRange(at, bytes.Skip(_random.Next(bytes.Length + 1)).Take(_random.Next(40)));
                    break;
                case 2:
                    changed.InsertRange(at, Enumerable.Repeat(Edges[_random.Next(Edges.Length)], _random.Next(1, 10)));
                    break;
                case 3:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                case 4:
                    // A number of four or eight bytes, or the digits of one.
                    byte edge = Edges[_random.Next(Edges.Length)];
                    for (int i = at; i < Math.Min(at + (_random.Next(2) == 0 ? 4 : 8), changed.Count); i++)
                    {
                        changed[i] = edge;
                    }

                    break;
                case 5:
                    for (int i = at; i < changed.Count && char.IsAsciiDigit((char)changed[i]); i++)
                    {
                        changed[i] = (byte)'9';
                    }

                    break;
                default:
                    if (at < changed.Count)
                    {
                        changed[at] ^= (byte)(1 << _random.Next(8));
                    }

                    break;
            }
        }

        return [.. changed];
    }

    /// <summary>Gives a decoder so many wrong inputs; it may throw nothing but the house's own error, with words in it.</summary>
    /// <param name="mend">What makes a sum right again, so that what it guards is reached too.</param>
    public void Run(int rounds, byte[][] samples, Action<byte[]> decode, Func<byte[], byte[]>? mend = null)
    {
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Change(samples[round % samples.Length]);
            bytes = mend is not null && _random.Next(2) == 0 ? mend(bytes) : bytes;
            try
            {
                decode(bytes);
            }
            catch (SlipwayException failure) when (failure.Kind is ErrorKind.Corrupt or ErrorKind.FailedPrecondition)
            {
                Assert.NotEmpty(failure.Message);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"round {round}: {failure.GetType().Name}: {failure.Message}: {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 400)))}", failure);
            }
        }
    }
}
