//! Devices that are always there, silent and deaf: for servers, tests and machines without sound.

use super::pace::Pace;
use super::{
    Backend, BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, ErrorSink,
    OpenStream,
};
use crate::downlink::PlaybackSink;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::uplink::CaptureSink;

/// Silence in, nothing out, at the right pace.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullBackend;

/// Blocks of 10 ms.
const TICKS_A_SECOND: u64 = 100;

fn device() -> DeviceInfo {
    DeviceInfo {
        id: DeviceId("null".to_owned()),
        name: "None".to_owned(),
        is_default: true,
    }
}

/// A stream at `rate`, in Hz: `tick` is called every 10 ms with the frames that are due then.
pub(super) fn paced(
    device: DeviceInfo,
    rate: u32,
    mut tick: impl FnMut(usize) + Send + 'static,
) -> Result<OpenStream, BackendError> {
    let (mut ticks, mut given) = (0_u64, 0_u64);
    // Where a rate has no whole number of frames in 10 ms, some ticks have one more than others.
    let counted = move || {
        ticks += 1;
        let due = ticks * u64::from(rate) / TICKS_A_SECOND - given;
        given += due;
        tick(due as usize);
    };
    let pace = Pace::start(counted)
        .map_err(|error| BackendError::new(BackendErrorKind::Other, error.to_string()))?;
    Ok(OpenStream {
        device,
        rate,
        callback_frames: rate.div_ceil(TICKS_A_SECOND as u32),
        stream: Box::new(pace),
    })
}

impl Backend for NullBackend {
    fn again(&self) -> Box<dyn Backend> {
        Box::new(*self)
    }

    fn devices(&mut self) -> Result<DeviceList, BackendError> {
        Ok(DeviceList {
            inputs: vec![device()],
            outputs: vec![device()],
        })
    }

    fn open_input(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: CaptureSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        paced(device(), SAMPLE_RATE, move |_| {
            sink.push(&[0.0_f32; BLOCK_SAMPLES], 1, |sample| sample);
        })
    }

    fn open_output(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: PlaybackSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        paced(device(), SAMPLE_RATE, move |_| {
            sink.fill(&mut [0.0_f32; BLOCK_SAMPLES], 1, |sample| sample);
        })
    }
}
