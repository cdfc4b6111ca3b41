using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Engine.Tests.Containers;

public sealed class ContainerRecordTests
{
    [Fact]
    public void A_container_comes_back_as_it_was_written()
    {
        Image image = new(
            Digest.Of("manifest"),
            Digest.Of("config"),
            new ImageConfig { Cmd = ["sh"], Env = ["A=1"], Labels = ImageConfigLabels },
            [new Layer(new Descriptor("application/vnd.oci.image.layer.v1.tar", Digest.Of("blob"), 5), Digest.Of("diff"))]);
        ContainerInfo info = new()
        {
            Id = ContainerId.New(),
            Name = "web",
            Spec = new ContainerSpec
            {
                Image = image,
                ImageName = "web:1",
                Name = "web",
                Command = ["run", "it"],
                Environment = ["B=2"],
                Mounts = [new("/s", "/t", ReadOnly: true)],
                Limits = new ResourceLimits(1 << 20, 0.5, 7),
                Tty = true,
                Network = NetworkMode.None,
                AutoRemove = true,
                StopSignal = "INT",
            },
            Arguments = ["run", "it"],
            Status = ContainerStatus.Running,
            Pid = 42,
            Created = DateTimeOffset.UnixEpoch,
            Started = DateTimeOffset.UnixEpoch.AddSeconds(1),
            Warnings = ["a warning"],
        };

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(ContainerRecord.Of(info, 43), ContainerRecordJson.Default.ContainerRecord);
        ContainerRecord record = JsonSerializer.Deserialize(json, ContainerRecordJson.Default.ContainerRecord)!;
        byte[] again = JsonSerializer.SerializeToUtf8Bytes(ContainerRecord.Of(record.ToInfo(), record.SupervisorPid), ContainerRecordJson.Default.ContainerRecord);
        Assert.Equal(json, again);
        Assert.Equal(43, record.SupervisorPid);
        Assert.Equal(image.ChainId(1), record.ToInfo().Spec.Image.ChainId(1));
        Assert.Equal(info.Arguments.AsEnumerable(), record.ToInfo().Arguments.AsEnumerable());
    }

    private static ImmutableSortedDictionary<string, string> ImageConfigLabels =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("l", "v");
}
