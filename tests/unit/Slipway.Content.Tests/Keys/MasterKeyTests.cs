using System.Text;
using Slipway.Content.Keys;

namespace Slipway.Content.Tests.Keys;

public sealed class MasterKeyTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];

    [Fact]
    public void A_key_is_read_as_bytes_hex_or_base64()
    {
        MasterKey key = MasterKey.Parse(Secret);
        Assert.Equal(key.Id, MasterKey.Parse(Encoding.ASCII.GetBytes(Convert.ToHexString(Secret) + "\n")).Id);
        Assert.Equal(key.Id, MasterKey.Parse(Encoding.ASCII.GetBytes(" " + Convert.ToBase64String(Secret) + "\r\n")).Id);
        Assert.NotEqual(key.Id, MasterKey.Parse(new byte[32]).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void Anything_else_is_refused_without_repeating_it(string text)
    {
        SlipwayException refused = Assert.Throws<SlipwayException>(() => MasterKey.Parse(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.True(text.Length == 0 || !refused.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrapped_key_opens_for_its_purpose_under_its_master_key_alone()
    {
        MasterKey key = MasterKey.Parse(Secret);
        byte[] inner = [.. Enumerable.Repeat((byte)3, 32)];
        WrappedKey wrapped = key.Wrap("project a", inner);
        Assert.Equal(inner, key.Unwrap("project a", wrapped));
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<SlipwayException>(() => key.Unwrap("project b", wrapped)).Kind);
        SlipwayException other = Assert.Throws<SlipwayException>(() => MasterKey.Parse(new byte[32]).Unwrap("project a", wrapped));
        Assert.Equal(ErrorKind.FailedPrecondition, other.Kind);
        Assert.Contains(key.Id, other.Message, StringComparison.Ordinal);
        for (int i = 0; i < wrapped.Sealed.Length; i++)
        {
            byte[] changed = [.. wrapped.Sealed];
            changed[i] ^= 1;
            Assert.Throws<SlipwayException>(() => key.Unwrap("project a", wrapped with { Sealed = changed }));
        }
    }

    [Fact]
    public void Keys_do_not_show_their_secret_as_text()
    {
        DataKey key = new(Guid.Empty, Secret);
        Assert.DoesNotContain("Byte", key.ToString(), StringComparison.Ordinal);
        Assert.Equal($"data key {Guid.Empty:n}", $"{key}");
    }
}
